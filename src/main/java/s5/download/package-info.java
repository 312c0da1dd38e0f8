/**
 * Getting the raw files of the data sets: a {@link s5.download.RemoteFile} says where a file is
 * published and where it belongs, {@link s5.download.Downloader} gets, checks and unpacks it.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.download;
