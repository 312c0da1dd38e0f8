/**
 * A config for data of a user's own: a look at the files, and choices that suit them and the
 * machine.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.init;
