/**
 * Data sets that a Java program gives by {@link s5.Training}, and no file holds.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.data.given;
