/** Pictures of dashed contours, drawn by the published rules of Pathfinder. */
package s5.data.set.contours;
