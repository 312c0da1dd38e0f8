/** Activations in bfloat16: two bytes an element in memory, float32 in every kernel. */
package s5.tornado.stored;
