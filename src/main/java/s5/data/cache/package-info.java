/**
 * What has been read once, kept in a file that opens at once: raw numbers in named sections, keyed
 * by the settings and by the files that they were read from.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.data.cache;
