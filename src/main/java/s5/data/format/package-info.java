/**
 * Readers of the file formats that data sets come in; every one names file and place of a fault.
 */
package s5.data.format;
