import { en } from 'zod/locales';
import { config } from 'zod/mini';

/**
 * What is wrong with a value, in English: the small zod has no words of its own ('Invalid input' is all it says). Modules
 * whose schemas rely on them import this one for its effect, which is the same whoever comes first.
 */
config(en());
