/** How the audit trail is written and checked: the hash chain and its checkpoints. */
package io.strongroom.custody.chain;
