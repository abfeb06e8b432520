-- askdocs for Neovim 0.7 and newer, without plugins.
--
-- Copy this file to ~/.config/nvim/lua/askdocs.lua and put into init.lua:
--
--     require('askdocs').setup()
--
-- K                     shows what documents the symbol under the cursor. Other language servers of
--                       the buffer have up to `definition_ms` to say where it is defined.
-- :AskDocs {question}   asks the docs, with a range also about these lines; the answer is written
--                       into a window as it comes. There, <CR> or gf on a [1] opens the passage,
--                       <C-c> stops the answer and q closes the window.
-- :AskDocsStatus        says how far the index and the models are.

local M = {}

local defaults = {
  cmd = { 'askdocs', 'lsp' },
  filetypes = {
    'python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact', 'go', 'rust',
    'java', 'kotlin', 'c', 'cpp', 'markdown', 'rst', 'html', 'text',
  },
  root_markers = { 'askdocs.toml', '.git' },
  definition_ms = 150, -- for Neovim 0.11 and newer; 0: do not ask other language servers
  settings = {}, -- such as { askdocs = { hover = { minScore = 0.55 } } }
}

local has_config = vim.fn.has('nvim-0.11') == 1
local answers = {} -- by progress token

-- Neovim's client ---------------------------------------------------------------------------

local function clients()
  local all = has_config and vim.lsp.get_clients() or vim.lsp.get_active_clients()
  return vim.tbl_filter(function(client) return client.name == 'askdocs' end, all)
end

-- The client of a buffer, or any where the buffer has none.
local function client_of(buffer)
  for _, client in ipairs(clients()) do
    if vim.lsp.buf_is_attached(buffer, client.id) then return client, true end
  end
  return clients()[1], false
end

-- Clients' functions became methods in 0.11.
local function call(client, name, ...)
  if has_config then return client[name](client, ...) end
  return client[name](...)
end

local function on_progress(err, params, ...)
  if params and tostring(params.token):find('^askdocs%-answer%-') then
    local answer = answers[params.token] -- None where it was stopped meanwhile.
    return answer and answer:add(params.value)
  end
  return vim.lsp.handlers['$/progress'](err, params, ...)
end

-- The project of a buffer: the nearest folder above with a marker, else the file's own, but not all of
-- the home folder. Nil where there is none.
local function root_of(buffer, markers)
  local file = vim.api.nvim_buf_get_name(buffer)
  if file == '' or vim.bo[buffer].buftype ~= '' then return nil end
  local own = vim.fn.fnamemodify(file, ':p:h')
  local folder, below = own, nil
  while folder ~= below do
    for _, marker in ipairs(markers) do
      if (vim.uv or vim.loop).fs_stat(folder .. '/' .. marker) then return folder end
    end
    folder, below = vim.fn.fnamemodify(folder, ':h'), folder
  end
  return own ~= vim.fn.expand('~') and own or nil
end

-- Before 0.11: one client for each project.
local function attach(buffer, config)
  local root, id = root_of(buffer, config.root_markers), nil
  if not root then return end
  for _, client in ipairs(clients()) do
    if client.config.root_dir == root then id = client.id end
  end
  id = id or vim.lsp.start_client(vim.tbl_extend('force', config, {
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = vim.fn.fnamemodify(root, ':t') } },
  }))
  if not id then return end
  vim.lsp.buf_attach_client(buffer, id)
  vim.api.nvim_buf_set_keymap(buffer, 'n', 'K', '<Cmd>lua vim.lsp.buf.hover()<CR>', {})
end

-- Hovers by what other language servers know ------------------------------------------------

-- Calls `done` once with the locations that a buffer's other servers give in time.
local function with_definitions(client, buffer, milliseconds, done)
  local locations, waiting, is_done = {}, 0, milliseconds <= 0
  local function finish()
    if not is_done then
      is_done = true
      done(locations)
    end
  end
  if is_done then return done({}) end
  local function take(_, result)
    for _, found in ipairs(result and (result[1] and result or { result }) or {}) do
      local uri, range = found.uri or found.targetUri, found.range or found.targetSelectionRange
      if uri and range then table.insert(locations, { uri = uri, range = range }) end
    end
    waiting = waiting - 1
    if waiting == 0 then finish() end
  end
  for _, other in ipairs(vim.lsp.get_clients({ bufnr = buffer, method = 'textDocument/definition' })) do
    -- Positions count in the units of the server that they are for. Those that come back are not
    -- converted: they differ only behind letters beyond ASCII in a declaration's line.
    if other.id ~= client.id and buffer == vim.api.nvim_get_current_buf() then
      waiting = waiting + 1
      local place = vim.lsp.util.make_position_params(0, other.offset_encoding)
      if not other:request('textDocument/definition', place, take, buffer) then take() end
    end
  end
  if waiting == 0 then return finish() end
  vim.defer_fn(finish, milliseconds)
end

-- Has every hover that Neovim asks a client for carry definitions, whatever asks for it.
local function define_hovers(client, milliseconds)
  local request = client.request
  client.request = function(self, method, params, handler, buffer)
    if method ~= 'textDocument/hover' or not handler then
      return request(self, method, params, handler, buffer)
    end
    local own = (buffer and buffer > 0) and buffer or vim.api.nvim_get_current_buf()
    with_definitions(client, own, milliseconds, function(definitions)
      if #definitions == 0 then return request(self, method, params, handler, own) end
      local defined = vim.tbl_extend('force', params, { definitions = definitions })
      request(self, 'askdocs/hover', defined, function(err, result, context)
        context.method, context.params = method, params
        handler(err, result, context)
      end, own)
    end)
    return true, 0
  end
end

local function on_init(config)
  return function(client)
    local capabilities = client.server_capabilities.experimental
    if capabilities and capabilities.askdocsHover then
      define_hovers(client, config.definition_ms)
    end
  end
end

-- An answer and its window ------------------------------------------------------------------

local Answer = {}
Answer.__index = Answer

function Answer.open(question, root)
  local self = setmetatable({ question = question, root = root, text = '', citations = {} }, Answer)
  self.buffer = vim.api.nvim_create_buf(false, true)
  self.token = 'askdocs-answer-' .. self.buffer
  self.state = '*Searching… `<C-c>` stops it.*'
  answers[self.token] = self
  vim.bo[self.buffer].bufhidden = 'wipe'
  self:take_window()
  vim.wo.wrap, vim.wo.linebreak = true, true
  vim.bo[self.buffer].filetype = 'markdown'
  self:map_keys()
  self:show()
  return self
end

-- One window shows the answers, one after the other; `source` is where citations open.
function Answer:take_window()
  self.source = vim.api.nvim_get_current_win()
  for _, window in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    local earlier = vim.w[window].askdocs_source
    if earlier then
      if window == self.source then self.source = earlier end
      vim.api.nvim_set_current_win(window)
    end
  end
  if not vim.w.askdocs_source then vim.cmd('botright split') end
  vim.w.askdocs_source = self.source
  vim.api.nvim_win_set_buf(0, self.buffer)
end

function Answer:map_keys()
  local keys = {
    ['<CR>'] = function() self:follow() end,
    gf = function() self:follow() end,
    ['<C-c>'] = function() self:stop() end,
    q = function() vim.api.nvim_buf_delete(self.buffer, { force = true }) end,
  }
  for key, action in pairs(keys) do
    vim.keymap.set('n', key, action, { buffer = self.buffer, nowait = true })
  end
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = self.buffer,
    callback = function()
      self.is_wiped = true
      self:stop()
    end,
  })
end

function Answer:ask(client, params, buffer)
  params.question, params.partialResultToken = self.question, self.token
  local _, request = call(client, 'request', 'askdocs/ask', params, function(err, result)
    if not answers[self.token] then return end
    if err then return self:finish('*' .. (err.message or tostring(err)) .. '*') end
    self.text, self.citations = result.answer, result.citations
    self:finish('')
  end, buffer)
  self.cancel = function() call(client, 'cancel_request', request) end
end

function Answer:add(part)
  if part.kind == 'citations' then
    self.citations = part.citations
  elseif part.kind == 'reset' then
    self.text = ''
  elseif part.kind == 'text' then
    self.text = self.text .. part.text
    self.state = '*Writing… `<C-c>` stops it.*'
  end
  self:show()
end

function Answer:stop()
  if not answers[self.token] then return end
  if self.cancel then self.cancel() end
  self:finish('*Stopped.*')
end

function Answer:finish(state)
  answers[self.token] = nil
  self.state = state
  self:show()
end

function Answer:show()
  if self.is_wiped then return end
  local parts = { '# ' .. self.question, self.text, self.state, table.concat(self:sources(), '\n') }
  parts = vim.tbl_filter(function(part) return part ~= '' end, parts)
  vim.bo[self.buffer].modifiable = true
  vim.api.nvim_buf_set_lines(
    self.buffer, 0, -1, true, vim.split(table.concat(parts, '\n\n'), '\n', { plain = true })
  )
  vim.bo[self.buffer].modifiable = false
end

function Answer:sources()
  local lines = {}
  for _, citation in ipairs(self.citations) do
    local file = vim.uri_to_fname(citation.uri)
    if self.root and vim.startswith(file, self.root .. '/') then file = file:sub(#self.root + 2) end
    local line = citation.range.start.line + 1
    table.insert(lines, ('[%d] %s:%d  %s'):format(citation.number, file, line, citation.breadcrumb or citation.title))
  end
  return lines
end

-- The number under the cursor, else the first one behind it, else the first of the line.
function Answer:number()
  local line, column = vim.api.nvim_get_current_line(), vim.fn.col('.')
  local first
  for from, number, past in line:gmatch('()%[(%d+)%]()') do
    first = first or tonumber(number)
    if column < past then return tonumber(number), from end
  end
  return first
end

function Answer:follow()
  local number = self:number()
  for _, citation in ipairs(self.citations) do
    if citation.number == number then
      if vim.api.nvim_win_is_valid(self.source) then
        vim.api.nvim_set_current_win(self.source)
      else
        vim.cmd('aboveleft split')
        self.source = vim.api.nvim_get_current_win()
      end
      vim.cmd("normal! m'") -- <C-o> leads back.
      vim.cmd('edit ' .. vim.fn.fnameescape(vim.uri_to_fname(citation.uri)))
      vim.api.nvim_win_set_cursor(0, { citation.range.start.line + 1, 0 })
      return
    end
  end
  vim.notify('askdocs: there is no citation in this line', vim.log.levels.INFO)
end

-- Commands ----------------------------------------------------------------------------------

local NO_CLIENT = 'askdocs: no file of a project is open here; open one and ask again'

-- Options are those of a user command: args, range, line1 and line2.
function M.ask(options)
  local buffer = vim.api.nvim_get_current_buf()
  local client, is_attached = client_of(buffer)
  if not client then return vim.notify(NO_CLIENT, vim.log.levels.WARN) end
  local params = {}
  if is_attached then params.textDocument = { uri = vim.uri_from_bufnr(buffer) } end
  if is_attached and options.range > 0 then
    params.range = {
      start = { line = options.line1 - 1, character = 0 },
      ['end'] = { line = options.line2, character = 0 },
    }
  end
  Answer.open(options.args, client.config.root_dir):ask(client, params, buffer)
end

function M.status()
  local client = client_of(vim.api.nvim_get_current_buf())
  if not client then return vim.notify(NO_CLIENT, vim.log.levels.WARN) end
  call(client, 'request', 'askdocs/status', vim.empty_dict(), function(err, status)
    if err then return vim.notify('askdocs: ' .. err.message, vim.log.levels.ERROR) end
    local index, embedder, generator = status.index, status.embedder, status.generator
    vim.notify(table.concat({
      ('index: %s, %d files, %d passages, %d files pending'):format(
        index.state, index.files, index.chunks, index.pendingFiles),
      ('embedding model: %s, %s'):format(embedder.state, embedder.model),
      ('answers: %s, %s'):format(generator.state, generator.model),
    }, '\n'))
  end, vim.api.nvim_get_current_buf())
end

function M.setup(options)
  local config = vim.tbl_extend('force', defaults, options or {})
  config.name, config.handlers = 'askdocs', { ['$/progress'] = on_progress }
  if has_config then
    config.name = nil
    config.on_init = on_init(config)
    config.root_dir = function(buffer, start)
      local root = root_of(buffer, config.root_markers)
      if root then start(root) end
    end
    vim.lsp.config('askdocs', config)
    vim.lsp.enable('askdocs')
  else
    vim.api.nvim_create_autocmd('FileType', {
      pattern = config.filetypes,
      callback = function(event) attach(event.buf, config) end,
    })
  end
  vim.api.nvim_create_user_command('AskDocs', M.ask, { nargs = '+', range = true })
  vim.api.nvim_create_user_command('AskDocsStatus', M.status, {})
end

return M
