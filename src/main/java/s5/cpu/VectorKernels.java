package s5.cpu;
final class VectorKernels extends ScalarKernels { }
