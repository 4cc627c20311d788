// SPDX-License-Identifier: Apache-2.0
//
// What every model includes and no design changes, to be compiled once: most of the time that a small model takes.

#pragma once

#include "model.h"
#include "verilated.h"
