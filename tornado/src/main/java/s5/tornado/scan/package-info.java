/** The state space model on TornadoVM: discretization, scan and readout. */
package s5.tornado.scan;
