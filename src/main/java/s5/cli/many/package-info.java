/** Commands about several runs: those of a search, and any side by side. */
package s5.cli.many;
