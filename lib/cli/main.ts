#!/usr/bin/env node
import process from 'node:process';
import {runCli} from './run-cli.js';

process.exitCode = await runCli(process.argv);
// A download that was given up may go on trying behind the scenes: it is not to keep the process alive.
setTimeout(() => process.exit(), 2000).unref();
