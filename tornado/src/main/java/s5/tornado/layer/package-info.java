/** Dropout, non-linearities, gates and sums on TornadoVM. */
package s5.tornado.layer;
