/** Batch and layer normalization on TornadoVM. */
package s5.tornado.norm;
