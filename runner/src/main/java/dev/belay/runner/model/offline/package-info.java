/**
 * A model server without a model: the four wire formats on loopback over plain HTTP/1.1, answered from a written
 * conversation, so that what speaks to models can be run and tested with no key and no network.
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>It speaks to this machine only, and never dials.
 *   <li>It keeps nothing of a conversation: which turn it says follows from the request alone, so that a conversation
 *       may be taken up again, forked, or held beside others.
 *   <li>The same request gets the same answer, byte for byte, but for the moment it names and what a cache would hold.
 *   <li>It refuses what the services themselves refuse, and says what was wrong and where. A request that is refused is
 *       refused also when a fault was planned for it.
 *   <li>Requests, connections and what is remembered are bounded; no clock runs but the pace of the script.
 *   <li>After {@code close()} no connection and no thread is left.
 * </ul>
 *
 * <p>What it records of a request has the request's key in it: give it none that is worth anything.
 */
@NullMarked
package dev.belay.runner.model.offline;

import org.jspecify.annotations.NullMarked;
