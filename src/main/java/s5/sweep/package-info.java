/**
 * Many runs: the settings that a search goes through, the runs of a search in one process, and what
 * runs come to side by side.
 */
package s5.sweep;
