/**
 * The S5 network in terms of {@link s5.ops.Op operations}: HiPPO start, SSM, layer, heads; forward
 * and backward side by side. Only {@link s5.model.Initialization} computes numbers here, everything
 * else writes programs.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.model;
