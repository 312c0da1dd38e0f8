/**
 * What a model is written in: {@link s5.ops.Tensor tensors} with a role, {@link s5.ops.Ops
 * operations} with their adjoints, and {@link s5.ops.Step steps} that a {@link s5.ops.Backend
 * backend} records once and replays. The names are the paper's; the package {@link s5} has the
 * glossary.
 */
package s5.ops;
