/**
 * The commands, a small class each. What they take is sayable without dashes, because the TornadoVM
 * launcher swallows words that start with two of them: operands, and settings of the form {@code
 * key=value}; see {@link s5.cli.Words}. A command with options of its own keeps them in a record
 * with a {@link s5.config.Key} for each and reads them by {@code ConfigLoader.options}.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.cli;
