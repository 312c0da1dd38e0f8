/**
 * Forecasts: the next rows of long series of a user's own, told from the rows before. {@link
 * s5.data.forecast.Forecasts} splits series by time and fits the scaling; {@link
 * s5.data.forecast.Windows} are the samples.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.data.forecast;
