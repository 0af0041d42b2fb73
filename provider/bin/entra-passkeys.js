#!/usr/bin/env node
// Committed, unlike what is built: npm makes the command when it installs, which in a fresh clone is before the build.
"use strict";
require("../dist/cli/main.js");
