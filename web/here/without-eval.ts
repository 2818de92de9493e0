import { config } from 'zod';

// The page's content security policy forbids `new Function`, with which zod otherwise compiles its checks. This module
// has to be evaluated before the first schema is built.
config({ jitless: true });
