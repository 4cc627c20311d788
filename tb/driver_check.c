/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Uses all of an engine's driver, on the engine of a simulation. Returns 0, or the number of the check that failed.
 */

#include <string.h>

#include "example.h"

int drive(uint32_t (*read)(void *, uint32_t), void (*write)(void *, uint32_t, uint32_t), void *context, uint8_t *memory);

#define EXPECT(number, condition) \
  if (!(condition)) return number

#ifdef ANT_NETWORK

/* A compiled network: memory holds image, inputs, expected outputs, outputs and scratch, each at a multiple of 4096. */
#include "map.h"

static uint8_t *after(uint8_t *place, uint32_t bytes) { return place + ((bytes + 4095u) / 4096u) * 4096u; }

int drive(uint32_t (*read)(void *, uint32_t), void (*write)(void *, uint32_t, uint32_t), void *context, uint8_t *memory) {
  const ant_engine engine = {read, write, context};
  uint8_t *const inputs = after(memory, NETWORK_IMAGE_BYTES);
  uint8_t *const expected = after(inputs, NETWORK_INPUTS_BYTES);
  uint8_t *const outputs = after(expected, NETWORK_OUTPUTS_BYTES);
  uint8_t *const scratch = after(outputs, NETWORK_OUTPUTS_BYTES);
  const ant_status status =
      run_network(&engine, (uintptr_t)memory, (uintptr_t)inputs, (uintptr_t)outputs, (uintptr_t)scratch);
  EXPECT(1, status == ANT_OK);
  EXPECT(2, memcmp(outputs, expected, NETWORK_OUTPUTS_BYTES) == 0);
  return 0;
}

#else

enum { MANY = 100000 };

int drive(uint32_t (*read)(void *, uint32_t), void (*write)(void *, uint32_t, uint32_t), void *context, uint8_t *memory) {
  const ant_engine engine = {read, write, context};
  const uint64_t address = (uintptr_t)memory;
  const uint64_t base[ANT_BASES] = {address, 0u, 0u, 0u};
  ant_engine_sizes sizes;
  ant_engine_fault_record fault;
  ant_engine_counter_record counters;
  uint32_t command[ANT_COMMAND_WORDS] = {0u};

  EXPECT(1, ant_engine_check(&engine) == ANT_OK);
  EXPECT(2, ant_engine_poll(&engine) == ANT_NO_JOB);
  ant_engine_size(&engine, &sizes);
  EXPECT(3, sizes.rows == EXPECTED_ROWS && sizes.cols == EXPECTED_COLS && sizes.lanes == EXPECTED_LANES);
  EXPECT(4, sizes.requantise_lanes == EXPECTED_REQUANTISE_LANES && sizes.rounds_to_even == EXPECTED_EVEN);
  EXPECT(5, sizes.accumulator_bits == EXPECTED_ACCUMULATOR_BITS && sizes.activation_words == EXPECTED_ACTIVATION_WORDS);
  EXPECT(6, sizes.weight_words == EXPECTED_WEIGHT_WORDS && sizes.constant_words == EXPECTED_CONSTANT_WORDS);
  EXPECT(7, sizes.output_words == EXPECTED_OUTPUT_WORDS && sizes.activation_types == EXPECTED_ACTIVATION_TYPES);
  EXPECT(8, sizes.weight_types == EXPECTED_WEIGHT_TYPES && sizes.result_types == EXPECTED_RESULT_TYPES);

  EXPECT(10, bring_up(&engine, (volatile uint32_t *)memory, address) == 0);
  ant_engine_counters(&engine, &counters);
  EXPECT(11, counters.bytes_read == 3u * ANT_COMMAND_BYTES + 64u && counters.bytes_written == 64u);
  EXPECT(12, counters.cycles > 0u && counters.array_busy == 0u);
  ant_engine_interrupts(&engine, ANT_EVENT_DONE | ANT_EVENT_FAILED);
  EXPECT(13, ant_engine_acknowledge(&engine) == ANT_EVENT_DONE && ant_engine_acknowledge(&engine) == 0u);

  /* No command has the opcode; the tag is told. */
  ant_command_put(command, ANT_FIELD(COMMAND_OPCODE), 15u);
  ant_command_put(command, ANT_FIELD(COMMAND_TAG), 0xabcdu);
  memcpy(memory, command, sizeof command);
  EXPECT(20, ant_engine_start(&engine, address, base) == ANT_OK);
  EXPECT(21, ant_engine_wait(&engine, MANY) == ANT_FAILED);
  ant_engine_fault(&engine, &fault);
  EXPECT(22, fault.error == ANT_ERROR_OPCODE && fault.command == 0u && fault.tag == 0xabcdu && fault.opcode == 15u);
  EXPECT(23, ant_engine_acknowledge(&engine) == ANT_EVENT_FAILED && strlen(ant_engine_error_text(fault.error)) > 0u);

  /* A load beyond the end of its buffer: its address in words. */
  memset(command, 0, sizeof command);
  ant_command_put(command, ANT_FIELD(COMMAND_OPCODE), ANT_OPCODE_LOAD);
  ant_command_put(command, ANT_FIELD(TRANSFER_BUFFER), ANT_BUFFER_TABLE);
  ant_command_put(command, ANT_FIELD(TRANSFER_ADDRESS), 999u);
  ant_command_put(command, ANT_FIELD(TRANSFER_RUN), 1u);
  ant_command_put(command, ANT_FIELD(TRANSFER_COUNT1), 1u);
  ant_command_put(command, ANT_FIELD(TRANSFER_COUNT2), 1u);
  memcpy(memory, command, sizeof command);
  EXPECT(30, ant_engine_start(&engine, address, base) == ANT_OK);
  EXPECT(31, ant_engine_wait(&engine, MANY) == ANT_FAILED);
  ant_engine_fault(&engine, &fault);
  EXPECT(32, fault.error == ANT_ERROR_RANGE && fault.address == 999u);

  /* A store that waits for a token that nobody gives runs until it is stopped. */
  memset(command, 0, sizeof command);
  ant_command_put(command, ANT_FIELD(COMMAND_OPCODE), ANT_OPCODE_STORE);
  ant_command_put(command, ANT_FIELD(COMMAND_WAIT_LOAD), 1u);
  ant_command_put(command, ANT_FIELD(TRANSFER_BUFFER), ANT_BUFFER_OUTPUT);
  ant_command_put(command, ANT_FIELD(TRANSFER_RUN), 1u);
  ant_command_put(command, ANT_FIELD(TRANSFER_COUNT1), 1u);
  ant_command_put(command, ANT_FIELD(TRANSFER_COUNT2), 1u);
  memcpy(memory, command, sizeof command);
  memset(command, 0, sizeof command);
  ant_command_put(command, ANT_FIELD(COMMAND_OPCODE), ANT_OPCODE_END);
  memcpy(memory + ANT_COMMAND_BYTES, command, sizeof command);
  EXPECT(40, ant_engine_start(&engine, address, base) == ANT_OK);
  EXPECT(41, ant_engine_wait(&engine, 20u) == ANT_BUSY && ant_engine_start(&engine, address, base) == ANT_BUSY);
  ant_engine_stop(&engine);
  EXPECT(42, ant_engine_wait(&engine, MANY) == ANT_FAILED);
  ant_engine_fault(&engine, &fault);
  EXPECT(43, fault.error == ANT_ERROR_STOPPED);

  EXPECT(50, bring_up(&engine, (volatile uint32_t *)memory, address) == 0);
  return 0;
}

#endif
