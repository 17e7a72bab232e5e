/** The audit trail: who asked for what, which key, when, and what came of it. */
package io.strongroom.custody.audit;
