/**
 * Getting the raw files of the data sets: a {@link s5.download.Published} says where they are
 * published and where they belong (every data set has its own), {@link s5.download.Fetcher} gets a
 * file over HTTP, going on where an earlier attempt broke off, {@link s5.download.Unpacker} unpacks
 * what is not read from its archive, and {@link s5.download.Downloader} does it all for a data set.
 */
package s5.download;
