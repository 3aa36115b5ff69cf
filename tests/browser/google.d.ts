/* SPDX-License-Identifier: MIT
 *
 * What Google's loader adds to the page, which nothing here defines.
 */
declare const google: any;
