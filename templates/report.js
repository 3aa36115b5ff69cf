/* SPDX-License-Identifier: MIT
 *
 * Starts what is on the page.
 */
