/**
 * How a training on several GPUs or processes starts: on one host by itself ({@link
 * s5.launch.Launcher}), elsewhere by Slurm, mpirun, torchrun or Kubernetes; and what one of the
 * processes does before and behind its work ({@link s5.launch.Together}).
 */
package s5.launch;
