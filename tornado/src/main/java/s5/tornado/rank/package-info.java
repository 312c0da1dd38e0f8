/** What several processes do together on TornadoVM: NCCL's sums as tasks of the captured step. */
package s5.tornado.rank;
