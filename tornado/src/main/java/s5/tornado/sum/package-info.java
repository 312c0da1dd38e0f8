/** Sums over the rows of a matrix on TornadoVM, which several families of operations need. */
package s5.tornado.sum;
