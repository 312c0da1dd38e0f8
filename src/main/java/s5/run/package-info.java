/**
 * What surrounds a training run: {@link s5.run.RunFolder}, its folder and who owns it; {@link
 * s5.run.Metrics}, the numbers it leaves there; {@link s5.run.Console}, what it says; {@link
 * s5.run.Stop}, how it is asked to end. Nothing in this package knows models.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.run;
