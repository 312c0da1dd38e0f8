/**
 * Sequences in tables: CSV, TSV and lines of JSON, and the rows that a database's query answers.
 * Long tables have a row for each position, wide ones a row for each sequence.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.data.own.table;
