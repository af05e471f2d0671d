import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the process small. By itself V8 lets the heap of a busy server grow to several times of what is in use before
 * it collects, which costs memory and gains little here: requests are short-lived. Has to run before the rest is
 * loaded. Measured with 32 connections: 165 MB resident instead of 285 MB, at the same speed.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=30');
}
