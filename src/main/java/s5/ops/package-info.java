/**
 * What a model is written in: {@link s5.ops.Tensor tensors} with a role, {@link s5.ops.Op
 * operations} with their adjoints, and {@link s5.ops.Program programs} of them, which a {@link
 * s5.ops.Backend backend} compiles into {@link s5.ops.Step steps} and replays. The names are the
 * paper's; the package {@link s5} has the glossary.
 */
package s5.ops;
