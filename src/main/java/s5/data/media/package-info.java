/**
 * Recordings and texts of a user's own, a folder a class or listed in tables: sources for {@link
 * s5.data.own.OwnSource}, which does all that does not depend on the format.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.data.media;
