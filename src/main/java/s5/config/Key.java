package s5.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Documents a setting, on the record component that holds it; the only place that does. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {
    /** {@return meaning, unit and range, in a line of plain words} */
    String value();

    /** {@return the value taken when the key is left out, as YAML; empty: see {@link #derived}} */
    String unset() default "";

    /**
     * {@return for a key whose value when left out is worked out by the loader: how, in words} A
     * key with neither this nor {@link #unset} has to be given.
     */
    String derived() default "";

    /**
     * {@return the flag of the official code's run_train.py that sets the same; empty where none
     * does}
     */
    String official() default "";

    /**
     * {@return when the key has a meaning: {@code "key=value|value"}, with a key of the same
     * section; empty for always} Giving it otherwise is an error.
     */
    String when() default "";

    /**
     * {@return whether a run may go on with another value than it began with: so where things lie
     * and how often something is saved, not what is computed}
     */
    boolean free() default false;

    /** {@return whether a file may give it a list of values, which are joined by commas} */
    boolean list() default false;

    /**
     * {@return whether it names a place that the program reads from or writes to: not to be
     * believed when a file of somebody else's says it}
     */
    boolean place() default false;
}
