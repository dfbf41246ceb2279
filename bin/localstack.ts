#!/usr/bin/env node
import { runLocalstack } from '../local/endpoint/localstack-main.ts';

process.exitCode = await runLocalstack(process.argv.slice(2), process.env);
