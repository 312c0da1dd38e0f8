/**
 * report.html: a run in pictures, one page that needs nothing besides itself. {@link
 * s5.report.RunReport} puts it together from a run's folder, {@link s5.report.Inspection} looks at
 * the trained model, {@link s5.report.Findings} is what it found. {@link s5.report.Report} is the
 * page, {@link s5.report.Chart} a figure with axes.
 */
package s5.report;
