/**
 * Models as ONNX graphs: the evaluation program of a fixed length, an operation after another, with
 * the weights as constants.
 */
package s5.exchange.onnx;
