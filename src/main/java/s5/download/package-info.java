/**
 * Getting the raw files of the data sets: a {@link s5.download.RemoteFile} says where a file is
 * published and where it belongs (every data set tells its own), {@link s5.download.Downloader}
 * gets them, goes on where an earlier attempt broke off, checks them and unpacks what is not read
 * from its archive.
 */
package s5.download;
