/** What steps cost on random input, and two such measurements side by side. */
package s5.timing;
