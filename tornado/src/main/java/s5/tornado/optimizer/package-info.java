/** AdamW on TornadoVM. */
package s5.tornado.optimizer;
