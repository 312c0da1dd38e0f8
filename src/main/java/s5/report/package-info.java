/**
 * report.html: a run in pictures, one page that needs nothing besides itself. {@link
 * s5.report.Report} is the page, {@link s5.report.Chart} a figure with axes, {@link
 * s5.report.Findings} what a look at the trained model gave.
 */
package s5.report;
