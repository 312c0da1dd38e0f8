/**
 * report.html: a run in pictures, one page that needs nothing besides itself. {@link
 * s5.report.RunReport} puts it together from a run's folder, {@link s5.report.Inspection} looks at
 * the trained model, {@link s5.report.Findings} is what it found. {@code Report} is the page,
 * {@code Chart} a figure with axes.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.report;
