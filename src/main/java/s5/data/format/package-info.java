/**
 * Readers of the file formats that data sets come in; every one names file and place of a fault.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.data.format;
