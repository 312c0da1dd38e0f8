/**
 * The settings of a run: records that mirror the YAML file, section by section.
 *
 * <p>A key is documented in one place, the {@link s5.config.Key} on its record component: meaning,
 * value when left out, the official code's flag. Its YAML name is the component's in snake_case,
 * below the section's: {@code ModelConfig.dtMin} is {@code model.dt_min}. The constructors check
 * ranges and contradictions, so that a record that exists is valid. {@link s5.config.ConfigLoader}
 * reads and writes files; docs/configuration.md is {@link s5.config.Documentation#tables} and a
 * test keeps it so. A new setting is one more component with its {@code @Key}. Keys that only one
 * data set has stand in its own record ({@link s5.data.DataSource#settings}), which is bound in the
 * place of {@link s5.config.DataConfig#own()}.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.config;
