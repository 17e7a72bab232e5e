/** The store: one file of rows per table, all writes through one group-committing writer. */
package io.strongroom.custody.store;
