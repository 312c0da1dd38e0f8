/** Pooling, pairs of documents and the losses on TornadoVM. */
package s5.tornado.head;
