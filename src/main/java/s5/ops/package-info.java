/**
 * What a model is written in: {@link s5.ops.Tensor tensors} with a role, {@link s5.ops.Op
 * operations} with their adjoints, and {@link s5.ops.Program programs} of them, which a {@link
 * s5.ops.Backend backend} compiles into {@link s5.ops.Step steps} and replays. The names are the
 * paper's; the package {@link s5} has the glossary.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.ops;
