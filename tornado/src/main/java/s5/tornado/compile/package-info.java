/** How the kernels of a step are compiled. */
package s5.tornado.compile;
