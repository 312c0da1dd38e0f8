/** Large matrix products on TornadoVM: by cuBLAS or by own kernels. */
package s5.tornado.product;
