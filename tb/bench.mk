# Builds what all benches share, and a design's model with one of them. Run in the folder of Verilator's output, with
#   TB      this folder
#   BENCH   the bench to link with, such as array_tb
#   SHARED  folder of the shared objects
#   HEADER  folder of the precompiled header, whose options are those of the model
#   MODEL   compiler options of the model
#   REST    compiler options of everything else
# VERILATOR_ROOT is in the environment.

VM_PREFIX = Vdut
VM_SC = 0
include Vdut_classes.mk

# Each design's own part of the bench is compiled with its model.
VM_SUPPORT_FAST += model
VPATH = $(TB)
CXXFLAGS = -std=c++20

include $(VERILATOR_ROOT)/include/verilated.mk

# After the include, which sets them.
OPT_FAST = $(MODEL) -include $(HEADER)/model_headers.h
OPT_SLOW = $(OPT_FAST)
CPPFLAGS += -I$(TB)
# What the waveform writer is linked with.
ifeq ($(VM_TRACE_FST),1)
  LDLIBS += -lz
endif

BENCHES = array_tb.o module_tb.o dot_tb.o scaler_tb.o encode_tb.o requantise_tb.o dma_tb.o engine_tb.o

.PHONY: shared header
.DEFAULT_GOAL = Vdut

Vdut: $(VK_OBJS)
	$(LINK) $(LDFLAGS) -o $@ $^ $(addprefix $(SHARED)/,$(BENCH).o $(VK_GLOBAL_OBJS)) $(LDLIBS)

shared: $(VK_GLOBAL_OBJS) $(BENCHES)
$(VK_GLOBAL_OBJS) $(BENCHES): OPT_FAST = $(REST)
$(VK_GLOBAL_OBJS): OPT_GLOBAL = $(REST)

header: model_headers.h.gch
model_headers.h.gch: model_headers.h
	$(CXX) $(CXXFLAGS) $(CPPFLAGS) $(MODEL) -x c++-header -o $@ $<
