/** Embeddings, narrow dense layers and images on TornadoVM. */
package s5.tornado.input;
